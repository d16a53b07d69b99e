/** The page: the application in its element. */
import { mount } from 'svelte'
import App from './App.svelte'
import './styles/base.css'

mount(App, { target: document.getElementById('app')! })
