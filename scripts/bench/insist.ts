/**
 * Asks something of a server from outside. Miniflare keeps a socket for that, and the other side closes it after some idle seconds:
 * the first question may fail of it, and is asked once more.
 */
export async function insist<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch {
    return ask(); // what goes wrong a second time is thrown
  }
}
