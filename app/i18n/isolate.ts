/** A name or an address keeps its own direction inside a sentence of the other one (Unicode isolates). */
export const isolate = (text: string): string => `\u2068${text}\u2069`;
