const part = (id) => document.getElementById(id);

const headers = () => {
  const all = { "content-type": "application/json", accept: "application/graphql-response+json" };
  if (part("authorization").value) all.authorization = part("authorization").value;
  if (part("customer-token").value) all["x-moltin-customer-token"] = part("customer-token").value;
  return all;
};

const run = async () => {
  let variables = null;
  try {
    variables = part("variables").value.trim() ? JSON.parse(part("variables").value) : null;
  } catch (error) {
    part("status").textContent = `The variables are not JSON: ${error.message}`;
    return;
  }
  const started = performance.now();
  part("status").textContent = "Running…";
  try {
    const body = JSON.stringify({ query: part("query").value, variables });
    const answer = await fetch(location.pathname, { method: "POST", headers: headers(), body });
    const text = await answer.text();
    part("status").textContent = `${answer.status} in ${Math.round(performance.now() - started)} ms`;
    try {
      part("result").textContent = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      part("result").textContent = text;
    }
  } catch (error) {
    part("status").textContent = `No answer: ${error.message}`;
  }
};

part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
