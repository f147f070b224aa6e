"""Write the baseline file anew: `make baseline`. Say in the changelog that results change, and raise MODEL_VERSION."""

import json

from tests.baseline import FILE, canonical_run

if __name__ == "__main__":
    FILE.write_text(json.dumps(canonical_run(), indent=1) + "\n", encoding="utf-8")
    print(f"wrote {FILE}")
