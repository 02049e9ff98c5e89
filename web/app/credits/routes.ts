import { route, type RouteConfigEntry } from '@react-router/dev/routes';

export const creditsRoutes: RouteConfigEntry[] = [
  route('credits', 'credits/overview.tsx'),
  route('credits/transactions', 'credits/transactions.tsx'),
  route('credits/transactions.csv', 'credits/transactions-file.ts'),
  route('credits/statements', 'credits/statements.tsx'),
  route('credits/statements/:month', 'credits/statement.tsx'),
  route('credits/statements/:month/statement.csv', 'credits/statement-file.ts'),
  route('credits/top-up', 'credits/top-up.tsx'),
  route('credits/limits', 'credits/limits.tsx'),
];
