const scenarios = await (await fetch("/api/scenarios")).json();
document.getElementById("app").textContent = scenarios.map(({ name }) => name).join(", ");
