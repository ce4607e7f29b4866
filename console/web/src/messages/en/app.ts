import type { app as zh } from '../zh-CN/app';
import type { Words } from '../keys';

export const app = {
  'app.name': 'Care Dispatch',
  'app.place': 'Family care beds · help within 15 minutes',
  'app.erased': 'erased',
  'app.loading': 'Loading…',
  'app.dashboards': 'Dashboards',
  'app.menu': 'Menu',
  'app.signOut': 'Sign out',
  'app.noPage': 'There is no page for your role ({role}) yet. Please ask your administrator.',

  'language.choose': 'Language · 语言',

  'login.name': 'Login',
  'login.password': 'Password',
  'login.submit': 'Sign in',
  'login.working': 'Signing in…',
  'login.expired': 'Your session has ended. Please sign in again.',
  'login.help': 'Forgotten your password? Ask the administrator of your organisation.',

  'role.dispatcher': 'Dispatcher',
  'role.supervisor': 'Shift supervisor',
  'role.responder': 'Responder',
  'role.family': 'Family',
  'role.administrator': 'Administrator',
  'role.auditor': 'Auditor',
  'role.staff': 'Care worker',
  'role.neighbour': 'Neighbour',
  'role.volunteer': 'Volunteer',

  'error.unreachable': 'The server cannot be reached. Check your network and try again.',
  'error.unexpected': 'Something went wrong on this page. Reload it and try again.',
  'error.other': 'That did not work ({status}). Please try again.',
  'error.400': 'The request was not complete. Reload the page and try again.',
  'error.401': 'Please sign in first.',
  'error.403': 'You do not have permission for that.',
  'error.404': 'Not found; it may have been removed.',
  'error.409': 'Things have changed meanwhile. Please look at the latest state.',
  'error.422': 'What you entered is not complete.',
  'error.429': 'Too many attempts. Please try again later.',
  'error.500': 'The server failed. Try again; if it goes on, tell your administrator.',
  'error.502': 'The server is not available right now. Please try again later.',
  'error.503': 'The server is not available right now. Please try again later.',

  'link.live': 'Live',
  'link.connecting': 'Connecting',
  'link.lost': 'Disconnected',
  'link.banner': 'No connection to the server for {age}. What you see is not the latest. Reconnecting…',
  'link.bannerPhone': 'Disconnected. What you see may be out of date. Reconnecting…',
  'link.localClock': 'This computer’s clock',
  'link.localShort': 'local',
} satisfies Words<typeof zh>;
