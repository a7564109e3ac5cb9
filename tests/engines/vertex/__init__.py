"""The vertex engine through the real SDK, over real HTTP, against `tests.google`.

The SDK is supported from 2.34 to 3.x, which differ in their HTTP library. The other end is tested
by running the same tests in an environment of its own:

    python3 -m venv /tmp/oldest
    /tmp/oldest/bin/pip install -e '.[dev]' 'google-genai==2.34.0'
    /tmp/oldest/bin/python -m pytest tests/engines/vertex tests/google

and once more after `pip install aiohttp`, which the SDK would use where it finds it.
"""
