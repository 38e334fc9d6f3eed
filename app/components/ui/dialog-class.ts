/** What lies over the page behind a dialog. */
export const overlayClass = "fixed inset-0 z-40 animate-fade bg-black/60 backdrop-blur-[3px]";
/** The dialog itself. */
export const panelClass =
  "pop fixed inset-x-4 top-1/2 z-50 mx-auto max-h-[85dvh] max-w-lg -translate-y-1/2 animate-rise overflow-y-auto rounded-card p-6 focus:outline-none";
