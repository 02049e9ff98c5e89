// What of the audit log is shown, as the address says it.

export interface AuditQuery {
  readonly before?: string;
  readonly person?: string;
  readonly act?: string;
}

const names = ['person', 'act', 'before'] as const;

export function readAuditQuery(params: URLSearchParams): AuditQuery {
  return Object.fromEntries(names.flatMap((name) => (params.get(name) ? [[name, params.get(name)!]] : [])));
}

export function auditAddress(path: string, query: AuditQuery): string {
  const params = new URLSearchParams(names.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]]])));
  return params.size === 0 ? path : `${path}?${params.toString()}`;
}
