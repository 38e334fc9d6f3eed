import { admin } from "./admin.ts";
import { auth } from "./auth.ts";
import { client } from "./client.ts";
import { common } from "./common.ts";
import { custody } from "./custody.ts";
import { incidents } from "./incidents.ts";
import { webhooks } from "./webhooks.ts";

export const catalogue = { common, auth, client, custody, incidents, webhooks, admin };
