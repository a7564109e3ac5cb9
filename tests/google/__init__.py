"""A Google of our own: a local HTTP server that the real SDK talks to, with faults on order.

It is as strict as the real one, counts and bills every request, never answers the same twice, and
serves real clips. One module for each API:

- `accounts`: the token service, and the file of a service account that it knows
- `vertex`: who may ask Vertex AI for which model at which location
- `gemini`: `:generateContent` of vision and image models
- `veo`: `:predictLongRunning` and `:fetchPredictOperation`
- `developer`: who may ask the Gemini API by a key, its models and files
- `interactions`: creating, asking after and cancelling an interaction, whose clip is Gemini Omni's
- `storage`: getting an object from Cloud Storage
- `control`: orders to the server itself, over HTTP for tests in other processes

Beside them: `server` (run it in a thread, or as `python -m tests.google.server`), `world` (what it
knows), `wire` (requests, answers, faults on the wire), `marks` and `clips` (which frame of which
clip it is can be read from the picture).
"""
