"""Executors: threads, or none."""

from concurrent.futures import ThreadPoolExecutor

from sim.runs.executors import Serial, local_executor, width


def test_no_threads_are_a_serial_executor_and_any_other_number_so_many():
    assert isinstance(local_executor(0), Serial) and width(local_executor(0)) == 1
    with local_executor(3) as three:
        assert isinstance(three, ThreadPoolExecutor) and width(three) == 3


def test_without_threads_each_answer_is_worked_out_when_it_is_taken():
    done = []
    answers = local_executor(0).map(lambda number: done.append(number) or -number, range(3))
    assert next(answers) == 0 and done == [0]
    assert list(answers) == [-1, -2] and done == [0, 1, 2]


def test_without_threads_what_a_function_raises_stands_in_its_future():
    assert isinstance(local_executor(0).submit(lambda: 1 / 0).exception(), ZeroDivisionError)
