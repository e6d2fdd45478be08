// Asks how it goes at the doors every three seconds, more or less, while somebody looks; the server answers only by news.

const EVERY_MS = 3000;
const SPREAD_MS = 1000;

function watch(board) {
  let tag = "";
  const later = () => setTimeout(ask, EVERY_MS + (Math.random() - 0.5) * SPREAD_MS);
  async function ask() {
    try {
      if (document.hidden) return;
      const headers = { "HX-Request": "true", ...(tag ? { "If-None-Match": tag } : {}) };
      const response = await fetch(board.dataset.source, { headers, cache: "no-store" });
      if (response.status !== 200 || response.redirected) return;
      tag = response.headers.get("ETag") ?? "";
      const news = new DOMParser().parseFromString(await response.text(), "text/html");
      board.replaceChildren(...news.body.childNodes);
    } catch { /* the next time may be better */ } finally {
      later();
    }
  }
  later();
}

for (const board of document.querySelectorAll("[data-enhance~=board]")) watch(board);
