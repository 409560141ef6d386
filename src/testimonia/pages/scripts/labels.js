// Shows the names of things in the language that the reader chooses, or that the browser asks for. The texts stay English.
// Without scripts, names are those in which the page was written.
const ROOT = new URL(".", import.meta.url);
const KEY = "testimonia-language";
const field = document.getElementById("languages");
const select = field.querySelector("select");
const available = [...select.options].map((option) => option.value);

function chosen() {
  try {
    const tag = localStorage.getItem(KEY);
    return available.includes(tag) ? tag : null;
  } catch {
    return null; // the reader keeps sites from storing anything
  }
}

function pathOf(address) {
  const [url, root] = [new URL(address, document.baseURI), ROOT.href];
  if (!url.href.startsWith(root)) return "";
  return decodeURIComponent(url.href.slice(root.length).replace(/[?#].*$/u, "").replace(/\.html$/u, ""));
}

function named(element, name, tag, capital) {
  element.textContent = capital ? name.charAt(0).toLocaleUpperCase(tag) + name.slice(1) : name;
  element.closest("a, h1")?.removeAttribute("lang");
  element.closest("a, h1")?.removeAttribute("dir");
  element.lang = tag;
  if (select.querySelector(`option[value=${tag}]`).dir) element.dir = "rtl";
  else element.removeAttribute("dir");
}

async function show(tag) {
  const answer = await fetch(new URL(`labels/${tag}.json`, ROOT));
  if (!answer.ok) return;
  const names = new Map(Object.entries(await answer.json()));
  for (const element of document.querySelectorAll("main a[href] > :is(bdi, span):only-child")) {
    const name = names.get(pathOf(element.parentNode.href));
    if (name) named(element, name, tag, false);
  }
  for (const element of document.querySelectorAll("main [data-of]")) {
    const name = names.get(pathOf(element.dataset.of));
    if (name) named(element, name, tag, true);
  }
  const [head, name] = [document.querySelector("h1 > bdi"), names.get(pathOf(location.href))];
  if (head && name) named(head, name, tag, false);
}

if (location.protocol.startsWith("http")) {
  const asked = new URLSearchParams(location.search).get("lang"); // a server has named things already
  const wanted = navigator.languages.map((tag) => tag.split("-")[0].toLowerCase()).find((tag) => available.includes(tag));
  const tag = asked ?? chosen() ?? wanted ?? "en";
  field.hidden = false;
  if (available.includes(tag)) select.value = tag;
  select.addEventListener("change", () => {
    try {
      localStorage.setItem(KEY, select.value);
    } catch {
      // for this page only
    }
    show(select.value);
  });
  if (!asked && (chosen() || tag !== "en")) show(tag);
}
