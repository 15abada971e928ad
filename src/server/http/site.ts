import type { FastifyRequest } from 'fastify';
import type { ServerSettings } from '../../config/server-settings.ts';
import type { Access } from '../auth/permissions.ts';
import { ForbiddenError } from './refusal.ts';

/** What is asked of a request's caller; of one for nothing there is, what the graph asks. */
export function accessOf({ routeOptions, params }: FastifyRequest): Access {
  const { access = 'query' } = routeOptions.config;
  if (typeof access === 'string') return access;
  return access(String((params as Readonly<Record<string, unknown>>)['*']));
}

/**
 * Web pages of other sites cause nothing: throws a ForbiddenError for a request that a browser marks as theirs, unless
 * its origin is named in `server.cors.origins`, or it follows a link to a page of ours.
 */
export function checkSite(request: FastifyRequest, { cors }: Pick<ServerSettings, 'cors'>): void {
  const { headers, method, routeOptions } = request;
  if (headers['sec-fetch-site'] !== 'cross-site') return;
  if (headers.origin !== undefined && cors?.origins.includes(headers.origin)) return;
  const isLink = headers['sec-fetch-mode'] === 'navigate' && (method === 'GET' || method === 'HEAD');
  if (isLink && (routeOptions.config.landing || accessOf(request) === 'page')) return;
  throw new ForbiddenError('asked for by a page of another site: see server.cors.origins');
}
