/** Where somebody signs in who wanted this page; they come back to it afterwards. The server checks the path again. */
export function signInPath(request: Request): string {
  const { pathname, search } = new URL(request.url);
  return `/sign-in?to=${encodeURIComponent(`${pathname}${search}`)}`;
}

/**
 * The redirect there. Remix's own `redirect` would take its whole server runtime into the scripts of every page that shares
 * a module with it.
 */
export const toSignIn = (request: Request) => new Response(null, { status: 302, headers: { location: signInPath(request) } });
