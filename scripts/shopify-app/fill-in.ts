/** What stands in the files of `shopify/` in the place of the installation's own origin. */
export const placeholder = "https://atrium.example";

/** Whether Shopify can call it: https and a host, and nothing behind it. */
export const isOrigin = (text: string): boolean => URL.canParse(text) && text.startsWith("https://") && new URL(text).origin === text;

/** A file of `shopify/` as one installation deploys it. */
export const fillIn = (text: string, { origin, clientId }: { origin: string; clientId: string }): string =>
  text.replaceAll(placeholder, () => origin).replace(/^client_id = ""$/m, () => `client_id = "${clientId}"`);
