"""The gemini engine through the real SDK, over real HTTP, against `tests.google`.

As for `vertex` (see there), both ends of the SDK are tested by running the same tests twice.
"""
