"use strict";
// Loaded before the page is drawn, so that it never flashes in the wrong theme.
(() => {
  const root = document.documentElement;
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  const kept = localStorage.getItem("theme");
  if (kept) root.dataset.theme = kept;
  if (new URLSearchParams(location.search).has("token")) history.replaceState(null, "", location.pathname);
  window.switchTheme = () => {
    root.dataset.theme = dark() ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  };
  addEventListener("DOMContentLoaded", () => document.getElementById("theme").addEventListener("click", window.switchTheme));
})();
