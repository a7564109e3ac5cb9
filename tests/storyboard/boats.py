"""The storyboard everybody knows."""

PAPER_BOAT = """\
version: 1
title: The Paper Boat
engine: vertex            # optional: auto (default), animatic, vertex, gemini
context:                  # optional: a string, or these three keys
  style: ink and watercolour, soft grain
  environment: a small harbour at dawn
  entities:
    - {id: boat, description: a folded paper boat, appearance: white, one red stripe}
defaults: {duration: 6, aspect_ratio: "16:9", resolution: 720p}
shots:
  quay:
    image: frames/quay.png        # the start picture; may carry hand-drawn arrows and notes
    prompt: The boat slips off the quay and drifts out.
    camera: pan right
  drift:
    after: quay                   # starts on quay's last frame, inherits its scene context
    prompt: It rocks between moored hulls.
  storm:
    after: drift
    prompt: Wind takes it; waves close over the bow.
    end_image: frames/storm.png   # first-and-last-frame generation
  calm: {after: drift, prompt: The fog lifts., take: 2}     # a branch; its second performance
  home:
    after: [calm, storm]          # first parent gives the frame, all give scene context
    image: frames/home.png        # own picture: a hard cut that still inherits context
    prompt: The lighthouse turns above the boat.
    context: {environment: under the lighthouse}            # inherit, but this wins
cuts:                             # optional; default: one per leaf, back along first parents
  main: [quay, drift, calm, home] # or `all`: every shot in file order
"""
