// The small explorer: what is left when nothing else can be loaded.
(() => {
  "use strict";
  const { penstock } = window;
  const part = (id) => document.getElementById(id);

  const run = async () => {
    let variables;
    try {
      variables = part("variables").value.trim() ? JSON.parse(part("variables").value) : undefined;
    } catch (error) {
      part("status").textContent = `The variables are not JSON: ${error.message}`;
      return;
    }
    const started = performance.now();
    part("status").textContent = "Running…";
    try {
      const answer = await penstock.send({ query: part("query").value, variables });
      part("status").textContent = `${Math.round(performance.now() - started)} ms`;
      part("result").textContent = JSON.stringify(answer, null, 2);
    } catch (error) {
      part("status").textContent = `No answer: ${error.message}`;
    }
  };

  part("query").value = penstock.options.query;
  part("operation").addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  part("operation").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run();
    }
  });
  document.addEventListener("DOMContentLoaded", penstock.fallBack);
})();
