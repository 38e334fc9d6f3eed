import { apify } from "./apify.ts";
import { bigbuy } from "./bigbuy.ts";
import { cj } from "./cj.ts";
import type { KeyService } from "./service.ts";
import { telnyx } from "./telnyx.ts";
import { twilio } from "./twilio.ts";
import { vapi } from "./vapi.ts";
import { whatsapp } from "./whatsapp.ts";

/** Every service that is connected by a key: one file and one line each. */
export const keyShelf: readonly KeyService[] = [telnyx, cj, bigbuy, vapi, twilio, whatsapp, apify];
