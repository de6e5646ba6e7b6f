@echo off
node "%~dp0dist\provider.cjs" %*
