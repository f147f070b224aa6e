"""Write the screens anew: `python -m tests.screens`."""

from tests.screens import FOLDER, screens

if __name__ == "__main__":
    made = dict(screens())
    for old in set(FOLDER.glob("*.txt")) - set(made):
        old.unlink()
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")
    print(f"wrote {len(made)} screens into {FOLDER}")
