/** What components import of `react-dom` for browsers alone (vite.config.ts): on the server no portal is drawn, and nothing is flushed. */
const inBrowsersAlone = (): never => {
  throw new Error("react-dom is the browser's");
};

export const createPortal = inBrowsersAlone;
export const flushSync = inBrowsersAlone;
