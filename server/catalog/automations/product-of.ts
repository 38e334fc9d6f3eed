import { looksPersonal } from "#server/catalog/actions/payload.ts";

/** What a flow may show of a product. A title that holds what looks like an address is left out. */
export const productOf = ({ id, title, url }: { id: string; title: string; url: string | null }) => ({
  product_id: id,
  ...(title !== "" && !looksPersonal(title) && { product_title: title.slice(0, 300) }),
  ...(url !== null && !looksPersonal(url) && { product_url: url.slice(0, 900) }),
});

/** As the shop calls it; by its id where it has no name that may rest in evidence. */
export const nameOf = ({ id, title }: { id: string; title: string }): string =>
  title === "" || looksPersonal(title) ? id : title.slice(0, 300);
