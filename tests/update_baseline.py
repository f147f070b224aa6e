"""Write the baseline file and the file of defaults anew: `make baseline`.

Where a number or a default changes, say in the changelog that results change, and raise MODEL_VERSION.
"""

import json

from tests import defaults
from tests.baseline import FILE, canonical_run

if __name__ == "__main__":
    defaults.renew()
    FILE.write_text(json.dumps(canonical_run(), indent=1) + "\n", encoding="utf-8")
    print(f"wrote {FILE}")
