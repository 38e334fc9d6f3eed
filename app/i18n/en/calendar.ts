/** What ends although everything works. */
export const calendar = {
  calendar: {
    title: "What ends when",
    description: "Accesses that end although everything works, and what to do before.",
    back: "Integrations",
    toCalendar: "What ends when",
    emptyTitle: "Nothing ends",
    emptyBody: "All that is connected here is renewed by itself. What needs you one day appears here, 30 days ahead at the latest.",
    account: "Account",
    ends: "Ends",
    why: "Why",
    what: "What to do",
    kinds: {
      consent: "The provider ends every consent after a fixed time.",
      unused: "Its renewal fails, and what is not renewed ends.",
      access: "The provider gave nothing to renew it with.",
      version: "The provider ends this version of its interface.",
    },
    mend: {
      oauth: "Sign in again",
      key: "Enter a new key",
      agency: "Nothing: your agency changes over in time.",
    },
    agency: "For us to change over.",
    client: "For the client: a new sign-in or key.",
    warned: "Warned {{days}} days ahead",
  },
} as const;
