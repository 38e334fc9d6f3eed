/**
 * Whether a page of another site led here, as the browser says it (Sec-Fetch-Site). What goes on by itself does not for those: the
 * next request would look like one of our own pages'.
 */
export const isFromElsewhere = ({ headers }: Request): boolean => /^(cross|same)-site$/.test(headers.get("sec-fetch-site") ?? "");
