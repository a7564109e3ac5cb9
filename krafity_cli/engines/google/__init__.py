"""What Google's models have in common, whichever of Google's services they are reached through.

The engines `vertex` (a cloud project) and `gemini` (an API key) send the same words and pictures to
the same vision and image models, read the same answers and know the same prices. They differ in how
one signs in, what a refusal means, and in the model and the API that make clips: that is theirs.

- `catalog`, `models.toml`, `limits`, `pricing`: what is known of each model
- `prompts`, `requests`: what is sent; `pictures`, `clips`: what goes up with it and comes back
- `performing`, `answers`, `replies`, `safety`: analyze, clean, improve, context
- `connection`: the SDK, kept quiet, with one attempt per call
- `troubles`: what became of a request that raised

Only the last two groups import the SDK, and nobody imports them before the first call.
"""
