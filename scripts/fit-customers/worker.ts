import { seededRandom } from "#sandbox/seed.ts";
import { type Fitting, fitBook } from "./fit-book.ts";

/** Fits what is posted, always from the same starts. */
export default {
  async fetch(request) {
    const fitting = (await request.json()) as Fitting;
    return Response.json(fitBook(fitting, seededRandom("fit-customers")));
  },
} satisfies ExportedHandler;
