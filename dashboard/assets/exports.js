/*
 * Files of a page's menu are fetched here and then saved, so that what is refused, a table too long for one, is said on the page. Only
 * the head of an answer is waited for before it is known whether there will be a file.
 */

const NAME = /filename="([^"]+)"/;

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("#menu-export a[download]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const menu = link.closest("#menu-export");
  menu.setAttribute("aria-busy", "true");
  say("");
  try {
    const answer = await fetch(link.href);
    if (answer.ok) save(await answer.blob(), NAME.exec(answer.headers.get("content-disposition"))?.[1] ?? "");
    else say((await answer.json().catch(() => ({}))).detail ?? `The file could not be made (${answer.status}).`);
  } catch {
    say("The file did not arrive: Trunkline does not answer. Try again in a moment.");
  }
  menu.removeAttribute("aria-busy");
});

function save(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function say(words) {
  const notice = document.querySelector("#notice");
  if (!notice) return;
  notice.textContent = words;
  notice.hidden = !words;
}
