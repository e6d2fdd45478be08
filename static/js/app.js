// Small helps for pages that already work without them. Each is found by data-enhance="name".
// An element may ask for several: data-enhance="dirty once".

const enhancements = {
  /** Moves the focus to what must be read first: the error summary, a message. */
  focus(element) {
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "start" });
  },

  /** Warns before leaving a form with unsaved changes. */
  dirty(form) {
    let isDirty = false;
    form.addEventListener("input", () => { isDirty = true; });
    form.addEventListener("submit", () => { isDirty = false; });
    addEventListener("beforeunload", (event) => {
      if (!isDirty) return;
      event.preventDefault();
      event.returnValue = ""; // older phones ask only when this is set
    });
  },

  /** Adds − and + to a number. */
  stepper(element) {
    const input = element.querySelector("input");
    for (const button of element.querySelectorAll("[data-step]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const least = input.min === "" ? -Infinity : Number(input.min);
        const most = input.max === "" ? Infinity : Number(input.max);
        const next = (Number(input.value) || 0) + Number(button.dataset.step);
        input.value = Math.min(most, Math.max(least, next));
        input.dispatchEvent(new Event("input", { bubbles: true }));
        input.dispatchEvent(new Event("change", { bubbles: true }));
      });
    }
  },

  /** Narrows a long <select> or list to what is typed; data-target names its id. */
  "filter-options"(input) {
    const target = document.getElementById(input.dataset.target);
    if (!target) return;
    const field = input.closest("[hidden]");
    if (field) field.hidden = false;
    const entries = [...(target.options ?? target.children)];
    const words = entries.map((entry) => `${entry.textContent} ${entry.dataset.search ?? ""}`.toLowerCase());
    const place = entries.map((entry) => [entry, entry.parentNode]);
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      const chosen = target.value;
      // Phones still show hidden <option>s, so options that do not fit are taken out.
      for (const [index, [entry, parent]] of place.entries()) {
        const fits = words[index].includes(wanted) || (target.options && entry.value === chosen);
        if (target.options) { entry.remove(); if (fits) parent.append(entry); } else entry.hidden = !fits;
      }
      if (target.options) target.value = chosen;
    });
  },

  /** What was found appears below a field: the field goes up when the bar at the bottom would cover it. */
  "in-view"(found) {
    const field = found.parentElement.closest(".field");
    if (!field?.contains(document.activeElement)) return;
    const bars = [...document.querySelectorAll(".action-bar, .nav")].map((bar) => bar.getBoundingClientRect());
    const bottom = bars.find((bar) => bar.height > 0 && bar.bottom >= innerHeight - 1)?.top ?? innerHeight;
    if (found.getBoundingClientRect().bottom > bottom) field.scrollIntoView({ block: "start" });
  },

  /** Narrows groups of fields, each in a <details>, to what is typed; data-target names what holds them. */
  "filter-groups"(input) {
    const target = document.getElementById(input.dataset.target);
    if (!target) return;
    input.closest("[hidden]").hidden = false;
    const groups = [...target.querySelectorAll("details")].map((group) => ({
      group,
      wasOpen: group.open,
      fields: [...group.querySelectorAll("[data-search]")].map((field) => ({
        field,
        words: `${field.querySelector("legend").textContent} ${field.dataset.search}`.toLowerCase(),
      })),
    }));
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      for (const { group, wasOpen, fields } of groups) {
        for (const { field, words } of fields) field.hidden = !words.includes(wanted);
        const fits = fields.some(({ field }) => !field.hidden);
        group.hidden = !fits;
        group.open = wanted ? fits : wasOpen;
      }
    });
    // Enter looks for skills here, it does not send the form.
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  },

  /** Sends a filter form as soon as a choice is made. */
  "auto-submit"(element) {
    element.addEventListener("change", () => (element.form.requestSubmit ?? element.form.submit).call(element.form));
  },

  print(button) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  },

  copy(button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", () => copy(button, button.dataset.copy));
  },

  /** The phone's own share sheet, or else a copied link. */
  share(button) {
    if (!navigator.share && !navigator.clipboard) return;
    button.hidden = false;
    const { url, title } = button.dataset;
    button.addEventListener("click", async () => {
      if (!navigator.share) return copy(button, url);
      try {
        await navigator.share({ url, title });
      } catch (error) {
        if (error.name !== "AbortError") await copy(button, url);
      }
    });
  },

  /** Opens the dialog named by data-target in place of following the link. */
  dialog(link) {
    const dialog = document.getElementById(link.dataset.target);
    if (!dialog?.showModal) return;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.showModal();
    });
  },

  /** Reads a part of the page aloud; data-target names its id. */
  speak(button) {
    if (!("speechSynthesis" in window)) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      if (speechSynthesis.speaking) return speechSynthesis.cancel();
      const speech = new SpeechSynthesisUtterance(document.getElementById(button.dataset.target).innerText);
      speech.lang = document.documentElement.lang;
      speech.rate = 0.9;
      speechSynthesis.speak(speech);
    });
  },

  /** Shows what only helps inside WeChat's browser. */
  wechat(element) {
    element.hidden = !/MicroMessenger/i.test(navigator.userAgent);
  },
};

async function copy(button, text) {
  await navigator.clipboard.writeText(text);
  const label = button.querySelector("span") ?? button;
  const before = label.textContent;
  label.textContent = button.dataset.done;
  announce(button.dataset.done);
  setTimeout(() => { label.textContent = before; }, 3000);
}

function announce(text) {
  let region = document.getElementById("announcer");
  if (!region) {
    region = Object.assign(document.createElement("p"), { id: "announcer", className: "visually-hidden" });
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  region.textContent = text;
}

// A form is sent once: a second tap on a slow line does nothing, for ten seconds or until the page is shown again.
function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post") || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), 10_000);
}

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

// What htmx swaps in is enhanced too; nothing is enhanced twice.
const enhanced = new WeakSet();

function enhance(root) {
  for (const element of root.querySelectorAll("[data-enhance]")) {
    if (enhanced.has(element)) continue;
    enhanced.add(element);
    for (const name of element.dataset.enhance.split(" ")) enhancements[name]?.(element);
  }
}

enhance(document);
document.addEventListener("submit", sendOnce);
document.addEventListener("htmx:after:swap", () => enhance(document));
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("form[data-sent]")) release(form);
});
