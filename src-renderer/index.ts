/** The page: the application in its element. */
import { mount } from 'svelte'
import App from './App.svelte'
import 'layerchart/core.css'
import './styles/base.css'

mount(App, { target: document.getElementById('app')! })
