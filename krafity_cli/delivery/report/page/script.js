"use strict";
document.documentElement.classList.add("scripted");

const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const shots = all(".shot");

// A clip that was not played yet shows the frame it begins with: the whole one where it lies beside
// the page, and only when somebody comes near.
const posters = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    posters.unobserve(target);
    const first = document.getElementById(target.dataset.poster);
    if (!first) continue;
    const whole = first.closest("a[data-whole]");
    target.poster = whole ? whole.href : first.src;
  }
}, { rootMargin: "300px" });
for (const video of all("video[data-poster]")) posters.observe(video);

// One clip plays at a time, unless takes are compared.
let together = [];
document.addEventListener("play", (event) => {
  if (together.includes(event.target)) return;
  together = [];
  for (const video of all("video")) if (video !== event.target) video.pause();
}, true);

for (const button of all(".together")) {
  button.addEventListener("click", () => {
    together = all("video", button.closest(".takes"));
    for (const video of together) {
      video.muted = video !== together[0];
      video.currentTime = 0;
      video.play();
    }
  });
}

// A film's strip follows the film, and leads into it.
for (const film of all(".film")) {
  const video = film.querySelector("video");
  if (!video) continue;
  const cells = all(".strip li", film);
  const begins = cells.map((cell) => Number(cell.querySelector(".seek").dataset.at));
  cells.forEach((cell, index) => {
    cell.querySelector(".seek").addEventListener("click", () => {
      video.currentTime = begins[index] + 0.001;
      video.play();
    });
  });
  video.addEventListener("timeupdate", () => {
    const now = begins.filter((at) => at <= video.currentTime).length - 1;
    cells.forEach((cell, index) => {
      if (index === now) cell.setAttribute("aria-current", "true");
      else cell.removeAttribute("aria-current");
    });
  });
}

// j and k walk from shot to shot, space plays the one that is looked at.
const here = () => shots.indexOf(document.activeElement && document.activeElement.closest(".shot"));

const go = (index) => {
  const shot = shots[Math.max(0, Math.min(index, shots.length - 1))];
  if (!shot) return;
  shot.focus({ preventScroll: true });
  shot.scrollIntoView({ block: "start" });
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") go(here() + 1);
  else if (event.key === "k") go(here() - 1);
  else if (event.key === " " && document.activeElement.matches(".shot")) {
    const video = document.activeElement.querySelector(".clip video");
    if (!video) return;
    event.preventDefault();
    if (video.paused) video.play();
    else video.pause();
  }
});
