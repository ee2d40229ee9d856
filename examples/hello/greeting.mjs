export function greeting(name) {
  return `Hello from inside the glovebox, ${name}.`;
}
