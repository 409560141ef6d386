"""Runs a Java web application in Jetty, with a password for changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from tools.stores.installed import java_file, program

__all__ = ["READER", "USER", "check_installed", "command", "configure"]

USER, READER = "loader", "reader"
_RUNNER = "jetty-runner-9.4.58.v20250814.jar"

_CONTEXT = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE Configure PUBLIC "-//Jetty//Configure//EN" "http://www.eclipse.org/jetty/configure_9_3.dtd">
<Configure class="org.eclipse.jetty.webapp.WebAppContext">
  <Set name="contextPath">{path}</Set>
  <Set name="war">{application}</Set>
  <Set name="overrideDescriptor">{descriptor}</Set>
  <Get name="securityHandler">
    <Set name="loginService">
      <New class="org.eclipse.jetty.security.HashLoginService">
        <Set name="name">store</Set>
        <Set name="config">{users}</Set>
      </New>
    </Set>
  </Get>
</Configure>
"""

_DESCRIPTOR = """\
<?xml version="1.0" encoding="UTF-8"?>
<web-app xmlns="http://xmlns.jcp.org/xml/ns/javaee" version="3.1">
{constraints}
  <login-config><auth-method>BASIC</auth-method><realm-name>store</realm-name></login-config>
  <security-role><role-name>writer</role-name></security-role>
</web-app>
"""

_CONSTRAINT = """\
  <security-constraint>
    <web-resource-collection>
      <web-resource-name>changes</web-resource-name>
      <url-pattern>{pattern}</url-pattern>
{methods}
    </web-resource-collection>
    <auth-constraint><role-name>writer</role-name></auth-constraint>
  </security-constraint>
"""


def check_installed() -> None:
    """Check that Java and Jetty are installed.

    Raises
    ------
    NotInstalled
        One of them is not.
    """
    program("java", "default-jre-headless")
    java_file(_RUNNER)


def configure(
    folder: Path,
    application: Path,
    path: str,
    password: str,
    guarded: Mapping[str, Iterable[str]],
) -> None:
    """Write the Jetty configuration of an application.

    Parameters
    ----------
    folder
        Where to write it.
    application
        The application: a war, or a directory of the same form.
    path
        Where it is reached on the server, beginning with a slash.
    password
        Password of the users `USER` and `READER`; the latter may not change anything.
    guarded
        The methods that need it, by URL pattern of the application (Servlet 3.1, section 12.1).
    """
    constraints = [
        _CONSTRAINT.format(
            pattern=escape(pattern),
            methods="\n".join(
                f"      <http-method>{escape(method)}</http-method>" for method in methods
            ),
        )
        for pattern, methods in guarded.items()
    ]
    descriptor, users = folder / "guard.xml", folder / "users.properties"
    descriptor.write_text(_DESCRIPTOR.format(constraints="".join(constraints)), encoding="utf-8")
    users.write_text(f"{USER}: {password},writer\n{READER}: {password},reader\n", encoding="utf-8")
    context = _CONTEXT.format(
        path=escape(path),
        application=escape(str(application)),
        descriptor=escape(str(descriptor)),
        users=escape(str(users)),
    )
    (folder / "context.xml").write_text(context, encoding="utf-8")
    (folder / "temporary").mkdir(exist_ok=True)


def command(folder: Path, port: int, settings: Mapping[str, str]) -> Sequence[str]:
    """Give the command that starts the application.

    Parameters
    ----------
    folder
        Where `configure` wrote.
    port
        A port of the loopback interface.
    settings
        System properties of Java by name.
    """
    properties = {**settings, "java.io.tmpdir": str(folder / "temporary")}
    return [
        "java",
        "-Xmx1g",
        *(f"-D{name}={value}" for name, value in properties.items()),
        "-jar",
        str(java_file(_RUNNER)),
        *("--host", "127.0.0.1", "--port", str(port)),
        str(folder / "context.xml"),
    ]
