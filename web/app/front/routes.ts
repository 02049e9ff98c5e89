import { index, route, type RouteConfigEntry } from '@react-router/dev/routes';

export const frontRoutes: RouteConfigEntry[] = [
  index('front/landing.tsx'),
  route('terms', 'front/terms.tsx'),
  route('privacy', 'front/privacy.tsx'),
  route('privacy/erase/:token', 'front/erase.tsx'),
  route('logout', 'front/logout.tsx'),
  route('confirm', 'front/confirm.tsx'),
  route('signup', 'front/signup.tsx'),
  route('verify', 'front/verify.tsx'),
  route('confirm-email', 'front/confirm-email.tsx'),
  route('welcome', 'front/welcome.tsx'),
  route('login', 'front/login.tsx'),
  route('login/sent', 'front/login-sent.tsx'),
  route('login/link', 'front/login-link.tsx'),
  route('login/with/:platform', 'front/with/back.tsx'),
  route('login/connect', 'front/with/connect.tsx'),
  route('login/two-factor', 'front/two-factor.tsx'),
  route('forgot', 'front/forgot.tsx'),
  route('reset-password', 'front/reset-password.tsx'),
  route('set-password', 'front/set-password.tsx'),
];
