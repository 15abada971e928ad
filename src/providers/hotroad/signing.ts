/** The `Authorization` header of RFC 7617; requests are not signed otherwise. */
export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}
