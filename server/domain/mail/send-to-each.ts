/** Sends each of these people their mail. One that fails does not keep it from the others; it is thrown when all were tried. */
export async function sendToEach<P>(people: readonly P[], send: (person: P) => Promise<void>): Promise<void> {
  const sent = await Promise.allSettled(people.map(send));
  const failed = sent.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}
