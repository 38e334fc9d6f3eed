/** A message that appears at the edge of the page for some seconds. */
export interface ToastMessage {
  kind: "success" | "error" | "info";
  message: string;
}

export interface Toast extends ToastMessage {
  id: number;
}

let nextId = 1;
let toasts: readonly Toast[] = [];
const listeners = new Set<() => void>();
const shown = new WeakSet<ToastMessage>();

function publish(next: readonly Toast[]) {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Shows a message. The same object is shown once, however often an effect passes it. Browser only. */
export function showToast(toast: ToastMessage) {
  if (shown.has(toast)) return;
  shown.add(toast);
  publish([...toasts, { ...toast, id: nextId++ }]);
}

export function dismissToast(id: number) {
  publish(toasts.filter((toast) => toast.id !== id));
}

export function subscribeToasts(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentToasts(): readonly Toast[] {
  return toasts;
}
