/** Starts the pages. */
import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import { speech } from './messages/language.svelte';

const target = document.getElementById('app');
if (target === null) throw new Error('the page has no place for the application');
await speech.begin();
mount(App, { target });
