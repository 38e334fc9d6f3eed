/**
 * Every address that no other route has. Without it the browser would match a layout of which only the beginning fits
 * (/admin/nothing), and draw another page than the server did.
 */
export function loader(): never {
  throw new Response("There is no such page", { status: 404 });
}

export const action = loader;

export default function NoSuchPage() {
  return null;
}
