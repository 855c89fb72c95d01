// The cookies of people. `__Host-` binds a cookie to this host, to TLS and to the whole path; over
// plain HTTP on loopback browsers would refuse it, so there it has no prefix.
const isSecure = (publicUrl: string): boolean => publicUrl.startsWith('https:');

export function sessionCookieName(publicUrl: string): string {
  return isSecure(publicUrl) ? '__Host-rmh-session' : 'rmh-session';
}

/** Scripts cannot read it, and no other site's page can make a browser send it. */
export function sessionCookie(publicUrl: string, token: string): string {
  const secure = isSecure(publicUrl) ? '; Secure' : '';
  return `${sessionCookieName(publicUrl)}=${token}; Path=/; HttpOnly; SameSite=Strict${secure}`;
}

export function noSessionCookie(publicUrl: string): string {
  return `${sessionCookie(publicUrl, '')}; Max-Age=0`;
}

/** What a sign-in must find again when the browser comes back from the sign-in service. */
export const STATE_COOKIE = 'rmh-sign-in';

// Lax: the way back begins at another site. Ten minutes: somebody looks for his ID card.
export function stateCookie(publicUrl: string, sealed: string): string {
  const secure = isSecure(publicUrl) ? '; Secure' : '';
  const where = `Path=/api/v1/sign-in; HttpOnly; SameSite=Lax; Max-Age=600${secure}`;
  return `${STATE_COOKIE}=${sealed}; ${where}`;
}
