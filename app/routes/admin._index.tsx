import { redirect } from "@remix-run/cloudflare";

/** The clients are where an admin's day begins. */
export const loader = () => redirect("/admin/clients");
