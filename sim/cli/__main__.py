"""`python -m sim.cli`: the same as `sitesec`."""

from sim.cli import main

if __name__ == "__main__":
    main()
