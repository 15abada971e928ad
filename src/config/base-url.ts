import { isLoopback } from './loopback.ts';

export interface UrlRules {
  /** Whether plain http may leave this machine. */
  readonly allowHttp: boolean;
}

/** What is wrong with the address of a remote system, as the end of "expected …", or null. */
export function urlFault(text: string, { allowHttp }: UrlRules): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return 'a URL such as https://api.example.com';
  if (url.username !== '' || url.password !== '')
    return 'a URL without a user: credentials have their own place';
  if (url.search !== '' || url.hash !== '') return 'a URL without query and fragment';
  if (url.protocol === 'http:' && !allowHttp && !isLoopback(url.hostname)) {
    return 'https (plain http only to this machine, or with allowHttp: true)';
  }
  return null;
}
