"""A small AWS account in one process, with time that passes as fast as it can be counted.

Step Functions is moto's interpreter of Amazon States Language (LocalStack's), which has no JSONata of
its own; it is given that of `jsonata-python`. The table is moto's DynamoDB. SES is
`aws-ses-v2-local`, started by whoever uses this, and every call to it must fit AWS's own model of it,
unknown keys refused. What is replaced here is the clock and chance, nothing else: a wait moves the
clock, and events that happen in the meantime are handed to the machine that remembers them, exactly
as a rule would.
"""

import datetime
import json
import logging
import time
import urllib.request
import uuid

import boto3
import botocore.session
import jsonata
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_aws_sdk as sdk
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackEndpoint
from moto.stepfunctions.parser.asl.jsonata import jsonata as bridge

logging.disable(logging.CRITICAL)
REGION = "eu-central-1"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/x"


def iso(moment):
    """As the bus writes a time."""
    return datetime.datetime.fromtimestamp(moment / 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class StateMachineDoesNotExist(ClientError):
    """As botocore calls it; moto names errors by their classes."""


class World:
    """One account; `with` it."""

    current = None

    def __init__(self, ses):
        self.ses = ses
        self.mock = mock_aws(config={"stepfunctions": {"execute_state_machine": True}, "core": {"mock_credentials": True}})
        self.validator = ParamValidator()
        self.model = botocore.session.get_session().get_service_model("sesv2").operation_model("SendEmail").input_shape

    def __enter__(self):
        World.current = self
        self.mock.start()
        self.begin(0, 0.0)
        self.machines = set()
        bridge._eval_jsonata = self.evaluate
        self.kept = (WaitFunction._wait_interval, CallbackEndpoint.wait, sdk.boto_client_for)
        WaitFunction._wait_interval = lambda _, env, wait_seconds: World.current.wait(wait_seconds, None)
        CallbackEndpoint.wait = lambda point, timeout=None: World.current.wait(timeout, point)
        plain = sdk.boto_client_for
        sdk.boto_client_for = lambda service, region, state_credentials=None: (
            self if service == "sesv2" else self.steps_of(plain(region, service, state_credentials), service)
        )
        return self

    def __exit__(self, *_):
        WaitFunction._wait_interval, CallbackEndpoint.wait, sdk.boto_client_for = self.kept
        self.mock.stop()

    def begin(self, start, chance):
        """A new person's world."""
        self.clock, self.chance = start, chance
        self.coming, self.sent, self.entered, self.missed, self.nested, self.problems = [], [], [], [], False, []

    def evaluate(self, expression):
        """What an expression gives here and now."""
        head = f"($millis := function(){{{self.clock}}}; $now := function(){{\"{iso(self.clock)}\"}}; $random := function(){{{self.chance}}}; "
        return jsonata.Jsonata(f"{head}{expression})").evaluate(None)

    def wait(self, seconds, point):
        """Lets time pass, or less of it if somebody calls `point`."""
        if self.nested:
            # Remembering takes its ten seconds while everybody else goes on.
            return None
        deadline = self.clock + int(seconds * 1000)
        while point is None or point.get_outcome() is None:
            due = [it for it in self.coming if it["at"] <= deadline]
            if not due:
                self.clock = deadline
                return None
            first = min(due, key=lambda it: it["at"])
            self.coming.remove(first)
            self.clock = max(self.clock, first["at"])
            self.remember(first)
            if point is not None and point.get_outcome() is not None:
                self.clock = min(deadline, self.clock + 10_000)
        return point.get_outcome()

    def envelope(self, event):
        """An event as the bus hands it over."""
        return json.dumps({
            "version": "0", "id": event["id"], "detail-type": event["name"], "source": "shop", "account": ACCOUNT,
            "time": iso(event["at"]), "region": REGION, "resources": [],
            "detail": {"contact": event["contact"], "event": event["event"]},
        })

    def remember(self, event):
        """The rule for all events."""
        self.nested = True
        try:
            status, why, _ = self.execute(self.memory, self.envelope(event))
            if status != "SUCCEEDED":
                self.problems.append(f"remembering `{event['name']}` ends as {status}: {why[:400]}")
        finally:
            self.nested = False

    def steps_of(self, client, service):
        """A client; where a machine would start another journey, that is noted and goes no further.

        Machines write every parameter with a capital, as AWS documents it, also where the service
        itself begins with a small letter; moto leaves that to the service.
        """
        if service == "stepfunctions":
            tell = client.send_task_success
            client.start_execution = self.enter
            client.send_task_success = lambda TaskToken, Output: tell(taskToken=TaskToken, output=Output)  # noqa: N803
        return client

    def enter(self, StateMachineArn, Input):  # noqa: N803: AWS calls them so
        """Another journey begins."""
        if StateMachineArn not in self.machines:
            self.missed.append(StateMachineArn.rsplit(":", 1)[1])
            answer = {"Error": {"Code": "StateMachineDoesNotExist", "Message": StateMachineArn}}
            raise StateMachineDoesNotExist({**answer, "ResponseMetadata": {"HTTPStatusCode": 400, "RequestId": "0"}}, "StartExecution")
        self.entered.append((StateMachineArn.rsplit(":", 1)[1], json.loads(Input)))
        return {"ExecutionArn": f"{StateMachineArn}:x"}

    def send_email(self, **call):
        """SES."""
        report = self.validator.validate(call, self.model)
        if report.has_errors():
            self.problems.append(report.generate_report())
        sent = json.loads(json.dumps(call))
        template = sent["Content"].get("Template")
        if template and "ListManagementOptions" in sent:
            # SES makes this link itself where a contact list is named, and only there.
            data = json.loads(template["TemplateData"])
            template["TemplateData"] = json.dumps({"amazonSESUnsubscribeUrl": "https://links.example/unsubscribe", **data})
        request = urllib.request.Request(
            f"{self.ses}/v2/email/outbound-emails", json.dumps(sent).encode(),
            {"content-type": "application/json", "authorization": "AWS4-HMAC-SHA256 Credential=nobody"},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                message = json.loads(answer.read())["MessageId"]
        except urllib.error.HTTPError as error:
            self.problems.append(f"SES: {error.code} {error.read().decode()[:300]}")
            raise
        self.sent.append({"at": self.clock, "call": call, "message": message})
        return {"MessageId": message}

    def sfn(self):
        return boto3.client("stepfunctions", region_name=REGION)

    def create(self, name, definition):
        """A machine; its address."""
        made = self.sfn().create_state_machine(name=name, definition=definition, roleArn=ROLE)
        self.machines.add(made["stateMachineArn"])
        return made["stateMachineArn"]

    def create_table(self, body):
        boto3.client("dynamodb", region_name=REGION).create_table(**body)

    def empty(self, table):
        client = boto3.client("dynamodb", region_name=REGION)
        for item in client.scan(TableName=table)["Items"]:
            client.delete_item(TableName=table, Key={key: item[key] for key in ("subject", "moment")})

    def execute(self, machine, text, most=120):
        """Runs a machine to its end; gives how it ended and why."""
        client = self.sfn()
        execution = client.start_execution(stateMachineArn=machine, name=str(uuid.uuid4()), input=text)["executionArn"]
        began = time.time()
        while time.time() - began < most:
            it = client.describe_execution(executionArn=execution)
            if it["status"] != "RUNNING":
                return it["status"], f"{it.get('error', '')} {it.get('cause', '')}".strip(), execution
            time.sleep(0.005)
        return "RUNNING", "never ended", execution

    def history(self, execution):
        """How many entries the execution's history has, and the states that it came by."""
        events = self.sfn().get_execution_history(executionArn=execution, maxResults=1000)["events"]
        names = [it["stateEnteredEventDetails"]["name"] for it in events if "stateEnteredEventDetails" in it]
        return len(events), names

