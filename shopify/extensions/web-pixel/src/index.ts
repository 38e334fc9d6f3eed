import { register } from "@shopify/web-pixels-extension";
import { listen } from "./pixel.ts";

register((api) => listen(api, fetch));
