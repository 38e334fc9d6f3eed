import { createContext } from "react";

/** Whether the page is only looked at: buttons that change something (`changes`) are disabled then. */
export const ReadOnly = createContext(false);
