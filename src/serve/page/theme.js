// Light or dark: as the system is, until one says otherwise. The choice is kept where the browser lets it be.

const KEY = "breakeven-theme";

export function startTheme(button) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = read();
  const show = () => {
    if (chosen) document.documentElement.dataset.theme = chosen;
    const isDark = chosen ? chosen === "dark" : system.matches;
    button.textContent = isDark ? "Light" : "Dark";
    button.setAttribute("aria-label", isDark ? "Light appearance" : "Dark appearance");
    return isDark;
  };
  show();
  system.addEventListener("change", show);
  button.addEventListener("click", () => {
    chosen = show() ? "light" : "dark";
    show();
    try { localStorage.setItem(KEY, chosen); } catch { /* a browser that keeps nothing */ }
  });
}

function read() {
  try { return localStorage.getItem(KEY); } catch { return null; }
}
