import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { AuthSettings, ServerSettings } from '../config/server-settings.ts';
import type { RequestContext } from '../graph/context.ts';
import type { Viewer } from '../graph/viewer.ts';
import type { Audit } from './audit/audit-log.ts';
import type { Access } from './auth/permissions.ts';

export interface ServerDeps {
  readonly settings: ServerSettings;
  /** Null lets everybody in; the host must then be loopback. */
  readonly auth: AuthSettings | null;
  readonly schema: GraphQLSchema;
  /** The context of one request of a viewer; never shared between requests. */
  readonly makeContext: (viewer: Viewer, left?: AbortSignal) => RequestContext;
  /** Whether the archive is open; asked by `/readyz`. */
  readonly isReady: () => boolean;
  /** Why the archive cannot take rows now, for `/readyz`; nothing ever keeps it from it where left out. */
  readonly archiveTrouble?: () => string | null;
  /** What `/readyz` says besides, of a gateway that can be given work. @default nothing */
  readonly warnings?: () => readonly string[];
  readonly logger: Logger;
  /** Series of the process and of countroom; every part that counts registers here. */
  readonly registry: Registry;
  /** Milliseconds since the epoch, UTC. */
  readonly clock: () => number;
  /** Who asked what; a log line where left out. */
  readonly audit?: Audit;
  /** Whether new requests are refused for want of time; by the delay of the event loop where left out. */
  readonly isOverloaded?: () => boolean;
  /** Families of routes of their own, such as exports and OData. */
  readonly routes?: readonly RouteFamily[];
}

/** What a family of routes is given besides the app. */
export interface RouteDeps {
  readonly makeContext: (viewer: Viewer, left?: AbortSignal) => RequestContext;
  readonly audit: Audit;
  readonly clock: () => number;
  readonly settings: ServerSettings;
  /** Takes `cost` from the caller's budget of this minute; throws a TooManyRequestsError once it is spent. */
  readonly charge: (viewer: Viewer, cost: number) => void;
}

/**
 * Registers routes. Each states `config: { access }`, or the server refuses to start; when its handler runs,
 * `request.viewer` has been authenticated and has that permission.
 */
export type RouteFamily = (app: FastifyInstance, deps: RouteDeps) => void | Promise<void>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks: set before the body is read. */
    viewer: Viewer;
    /** Whether only safelisted documents are answered. */
    safelistOnly: boolean;
  }
  interface FastifyContextConfig {
    /** What the route asks of its caller, where it serves several things, for each. */
    access?: Access | ((path: string) => Access);
    /** Whether a browser that follows a link is shown a page, whatever its address asks. */
    landing?: boolean;
  }
}
