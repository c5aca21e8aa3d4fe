@echo off
rem The front door: "fed up" runs regions in one process, everything else is the command line.
setlocal
set "here=%~dp0"
set "name=Federation.Cli"
set "project=Federation\Cli"
if "%~1"=="up" set "name=Federation.Standalone"
if "%~1"=="up" set "project=Federation\Standalone"
set DOTNET_NOLOGO=1
dotnet build "%here%%project%" -c Release -v q 1>&2
if errorlevel 1 exit /b 1
dotnet "%here%artifacts\bin\%name%\release\%name%.dll" %*
exit /b %errorlevel%
