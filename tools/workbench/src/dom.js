// Elements made of text: nothing from outside ever becomes markup.

export const byId = (id) => document.getElementById(id);

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") made.addEventListener("click", value);
    else if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export function fill(id, ...children) {
  byId(id).replaceChildren(...children);
}

/** Calls back once nothing has happened for some milliseconds. */
export function debounced(wait, work) {
  let timer;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(work, wait);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

/** Runs one request at a time, and after it only the newest of those that came meanwhile. */
export function newestOnly(work) {
  let running = false;
  let waiting = null;
  return async function run(...given) {
    if (running) {
      waiting = given;
      return;
    }
    running = true;
    try {
      await work(...given);
    } finally {
      running = false;
      if (waiting) {
        const next = waiting;
        waiting = null;
        run(...next);
      }
    }
  };
}
